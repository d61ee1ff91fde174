"""Makes impedance_reference.csv and prints the figures the test compares with.

pip install impedance==1.7.1 pandas; python impedance_reference.py
"""
import warnings

import numpy as np
from impedance.models.circuits import CustomCircuit
from scipy.optimize import least_squares

warnings.simplefilter("ignore")
CIRCUIT, TRUE = "R0-p(R1,CPE1)-p(R2,CPE2)", [50, 400, 1.2e-8, 0.93, 120, 8e-6, 0.82]
f = np.array([float(f"{x:.6g}") for x in np.logspace(6, -1, 57)])
noise = np.random.default_rng(5)
z = CustomCircuit(CIRCUIT, initial_guess=TRUE).predict(f, use_initial=True)
z = z + 0.003 * np.abs(z) * (noise.standard_normal(57) + 1j * noise.standard_normal(57))
z = np.array([complex(float(f"{x.real:.6g}"), float(f"{x.imag:.6g}")) for x in z])
np.savetxt("impedance_reference.csv", np.c_[f, z.real, z.imag], fmt="%.6g", delimiter=",",
           header="frequency [Hz],real [Ohm],imaginary [Ohm]", comments="")


def residuals(log_parameters):
    model = CustomCircuit(CIRCUIT, initial_guess=list(np.exp(log_parameters))).predict(f, use_initial=True)
    rest = (model - z) / np.abs(z)
    return np.r_[rest.real, rest.imag]


# The package's own fit steps along Q ~ 1e-8 and R ~ 1e2 alike and stops early; logarithms give it one scale.
fit = least_squares(residuals, np.log([40, 300, 1e-8, 0.9, 100, 1e-5, 0.8]), jac="3-point", xtol=1e-15, ftol=1e-15, gtol=1e-15)
covariance = np.linalg.inv(fit.jac.T @ fit.jac) * 2 * fit.cost / (2 * len(f) - 7)
for name, value, deviation in zip(["R0", "R1", "Q1", "n1", "R2", "Q2", "n2"], np.exp(fit.x), np.sqrt(np.diag(covariance))):
    print(f'    ("{name}", {value:.9g}, {value * deviation:.5g}),')
