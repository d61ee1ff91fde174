"""Reference values for extractors of series and images: `python extractors_reference.py > extractors_reference.csv`.

What has a textbook definition is computed by numpy, scipy and scikit-image; fits are scipy's `curve_fit` on all rows.
Plateau time, rise time, ripples and defects are written here once more from docs/features.md. Tolerances are relative.
"""

import sys

import numpy as np
import scipy
import skimage
from scipy.ndimage import uniform_filter
from scipy.optimize import curve_fit
from scipy.stats import linregress, skew, theilslopes
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops

EXACT, FLOAT32 = 1e-9, 1e-6


def draws(seed, count):
    """A linear congruential generator, 0..1."""
    state, found = seed, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        found.append(state / 2**31)
    return np.array(found)


def tell(series, name, value, tolerance):
    print(f"{series},{name},{value:.12g},{tolerance:g}")


def statistics(series, t, y):
    tell(series, "level", np.median(y[t >= t[-1] - 0.1 * (t[-1] - t[0])]), EXACT)
    tell(series, "mean", y.mean(), EXACT)
    tell(series, "minimum", y.min(), EXACT)
    tell(series, "maximum", y.max(), EXACT)
    tell(series, "range", np.ptp(y), EXACT)
    tell(series, "standard deviation", y.std(ddof=1), EXACT)
    tell(series, "integral", scipy.integrate.trapezoid(y, t), EXACT)
    tell(series, "slope", linregress(t, y).slope, EXACT)


def settling(series, t, y, tolerance):
    width = max(len(y) // 100, 1)
    box = np.ones(width) / width
    smooth, place = np.convolve(y, box, "valid"), np.convolve(t, box, "valid")
    noise = np.abs(np.diff(y, 2)).mean() / np.sqrt(12 / np.pi) / np.sqrt(width)
    level = np.median(smooth[place >= place[-1] - 0.1 * (place[-1] - place[0])])
    outside = np.flatnonzero(np.abs(smooth - level) > 0.05 * np.ptp(smooth) + 3 * noise)
    tell(series, "plateau time", place[outside[-1] + 1] - t[0], tolerance)
    part = (smooth - smooth[0]) / (level - smooth[0])
    reached = []
    for share in (0.1, 0.9):
        at = np.argmax(part >= share)
        reached.append(np.interp(share, part[at - 1 : at + 1], place[at - 1 : at + 1]))
    tell(series, "rise time", reached[1] - reached[0], tolerance)


def wave(t, level, slope, amplitude, period, phase):
    return level + slope * t + amplitude * np.sin(2 * np.pi * t / period + phase)


def one(t, end, change, tau):
    return end + change * np.exp(-t / tau)


def two(t, end, first, fast, second, slow):
    return end + first * np.exp(-t / fast) + second * np.exp(-t / slow)


def series():
    t = np.arange(1001.0)
    y = one(t, 5, -4, 60) + 0.04 * (draws(11, 1001) - 0.5)
    statistics("kneading", t, y)
    settling("kneading", t, y, EXACT)
    tell("kneading", "time constant", curve_fit(one, t, y, (4, -3, 50))[0][2], 1e-3)

    t = np.cumsum(0.5 + draws(5, 300))
    y = 3 + 0.01 * t + 0.5 * (draws(12, 300) - 0.5)
    statistics("uneven", t, y)
    tell("uneven", "robust slope", theilslopes(y, t)[0], EXACT)

    for name, t in (("even wave", np.arange(500.0)), ("uneven wave", np.cumsum(0.6 + 0.8 * draws(6, 500)))):
        true = (3, 0.01, 0.7, 7.3, 0.4)
        y = wave(t, *true) + 0.4 * (draws(13, 500) - 0.5)
        found = curve_fit(wave, t, y, true)[0]
        tell(name, "oscillation amplitude", found[2], 1e-2)
        tell(name, "oscillation period", found[3], 1e-4)

    t = np.arange(2000.0)
    y = two(t, 2, 3, 20, -1, 300) + 0.002 * (draws(14, 2000) - 0.5)
    found = curve_fit(two, t, y, (2, 3, 25, -1, 250))[0]
    tell("two", "double time constant 1", found[2], 1e-2)
    tell("two", "double time constant 2", found[4], 1e-2)


def circles(side):
    """A pressed pellet: dark pores of many sizes and bright glints on noise."""
    place = np.arange(side)
    x, y = np.meshgrid(place, place)
    grey = 150 + np.floor(30 * draws(777, side * side)).reshape(side, side)
    at = np.floor(side * draws(99, 80)).reshape(40, 2)
    for number, (cx, cy) in enumerate(at):
        grey[(x - cx) ** 2 + (y - cy) ** 2 <= (3 + number % 7) ** 2] -= 110
    return grey.astype(np.uint8)


def ripples(side):
    place = np.arange(side)
    noise = np.floor(25 * draws(31, side * side)).reshape(side, side)
    grey = 120 + 20 * np.sin(2 * np.pi * place / 12.8)[None, :] + noise
    for cx, cy, level in ((40, 40, 10), (200, 90, 10), (128, 200, 10), (90, 150, 250), (220, 210, 250)):
        grey[(place[:, None] - cy) ** 2 + (place[None, :] - cx) ** 2 <= 9] = level
    return np.floor(grey).astype(np.uint8)


def brightness(name, grey):
    tell(name, "brightness", grey.mean(), FLOAT32)
    tell(name, "brightness deviation", grey.std(), FLOAT32)
    tell(name, "brightness skewness", skew(grey, axis=None), 1e-5)
    for feature, share in (("dark level", 0.05), ("bright level", 0.95)):
        tell(name, feature, np.quantile(grey, share, method="inverted_cdf"), 2e-3)
    tell(name, "highlight share", (grey > grey.mean() + 2 * grey.std()).mean(), FLOAT32)


def regions(name, levels):
    threshold = threshold_otsu(levels)
    for kind, marked in (("particle", levels > threshold), ("pore", levels <= threshold)):
        areas = np.array([region.area for region in regionprops(label(marked, connectivity=2))])
        sizes = np.sqrt(4 * areas[areas >= 5] / np.pi)
        tell(name, f"{kind} count", len(sizes), EXACT)
        tell(name, f"{kind} size", sizes.mean(), EXACT)
        for share in (10, 50, 90):
            tell(name, f"{kind} d{share}", np.percentile(sizes, share), EXACT)
        tell(name, f"{kind} share", marked.mean(), EXACT)


def roughness(name, grey, ripple):
    side = len(grey)
    window = 0.5 * (1 - np.cos(2 * np.pi * np.arange(side) / side))
    power = np.abs(np.fft.fft2((grey - grey.mean()) * np.outer(window, window))) ** 2
    frequency = np.fft.fftfreq(side) * side
    around = np.rint(np.hypot(*np.meshgrid(frequency, frequency))).astype(int)
    places = np.arange(3, side // 4 + 1)
    x, y = np.log(places), np.log([power[around == place].mean() for place in places])
    line = linregress(x, y)
    tell(name, "roughness slope", line.slope, FLOAT32)
    if ripple:
        best = places[np.argmax(y - (line.intercept + line.slope * x))]
        tell(name, "ripple wavelength", side / best, EXACT)


def defects(name, grey):
    side = len(grey)
    size = 2 * (side // 16) + 1
    mean = uniform_filter(grey, size, mode="constant") / uniform_filter(np.ones_like(grey), size, mode="constant")
    rest = grey - mean
    limit = max(6 * np.median(np.abs(rest)) / 0.6745, 3 / 255)
    share = 0
    for kind, marked in (("dark", rest < -limit), ("bright", rest > limit)):
        areas = np.array([region.area for region in regionprops(label(marked, connectivity=2))])
        areas = areas[areas >= 4]
        tell(name, f"{kind} defect count", len(areas), EXACT)
        share += areas.sum() / side**2
    tell(name, "defect share", share, EXACT)


print("series,feature,value,tolerance")
series()
pellet, film = circles(128), ripples(256)
for name, levels in (("pellet", pellet), ("film", film)):
    grey = levels / 255
    brightness(name, grey)
    roughness(name, grey, name == "film")
    defects(name, grey)
regions("pellet", pellet)
print("numpy", np.__version__, "scipy", scipy.__version__, "skimage", skimage.__version__, file=sys.stderr)
