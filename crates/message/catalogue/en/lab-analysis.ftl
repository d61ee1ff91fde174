# Text of the analyses and the made-up nature of matdock-lab.

lab-analysis-column-missing = The stream "{ $stream }" has no column "{ $column }". Name it in the measurement's output.
lab-analysis-column-length = In the stream "{ $stream }" the column "{ $column }" has another number of values than the first column. Every column needs one value per row.
lab-analysis-column-unit = In the stream "{ $stream }" the column "{ $column }" has the unit { $found }; it must be one that converts to { $wanted }.
lab-analysis-not-finite = Stream "{ $stream }", column "{ $column }", row { $row }: not a finite number. Leave such rows out.
lab-analysis-setting-missing = The analysis needs the number "{ $name }" [{ $unit }]. Add it to the settings of the analysis step.
lab-analysis-setting-positive = The setting "{ $name }" is { $value }; it must be above zero.
lab-analysis-too-few-points = The spectrum has { $found } points; fitting the circuit needs at least { $needed }.
lab-analysis-frequency-range = Spectrum, row { $row }: the frequency { $value } Hz is not between 1e-9 and 1e15 Hz. Check the unit of the column.
lab-analysis-impedance-range = Spectrum, row { $row }: the size of the impedance { $value } Ohm is not between 1e-9 and 1e15 Ohm. Check the contacts and the unit of the column.
lab-analysis-frequency-order = Spectrum, row { $row }: the frequency { $value } Hz breaks the order; frequencies must rise, or fall, from row to row.
lab-analysis-not-converged = The fit of the circuit did not converge.
lab-analysis-one-arc = One arc explains the spectrum as well as two; the interface cannot be told from the electrolyte.
lab-analysis-residual = The circuit misses the spectrum by { $percent } % on average.
lab-analysis-undetermined = The interface resistance is only known to { $percent } %.
lab-analysis-out-of-range = The interface arc lies outside the measured frequencies.
lab-analysis-overlap = The two arcs overlap (time constants within a factor of 5), so which one is the interface is uncertain.
lab-analysis-exponent = The exponent of the interface arc is at its lower bound; the arc is not that of a constant-phase element.
lab-analysis-systematic = The circuit misses the spectrum in a systematic way, beyond the noise.
lab-analysis-not-determined = The spectrum does not determine it.

lab-physics-unknown-capability = The simulated laboratory cannot do "{ $name }". It knows: { $known }.
lab-physics-setting-missing = { $capability }: the setting "{ $name }" [{ $unit }] is missing. Add it to the step of the recipe.
lab-physics-setting-range = The setting "{ $name }" is { $value }; it must be between { $low } and { $high } { $unit }.
lab-physics-plasma-lost = The plasma went out during the deposition.
lab-physics-source-empty = The lithium source ran empty during the evaporation.
lab-physics-contact-lost = A contact was lost during the measurement.
lab-physics-no-contact = No contact: the film is damaged.
lab-physics-incomplete-cell = There is no complete cell to measure (electrode, electrolyte and lithium are needed).
lab-physics-delaminated = The film came off the substrate during the heat treatment.
lab-physics-lithium-melted = The lithium melted during the heat treatment.
lab-physics-incomplete-film = There is no film yet for this step. The recipe needs the steps dose, mill, knead, coat, dry and sinter in this order.
lab-physics-overload = The kneader stopped: the paste was too stiff.
lab-physics-stiff = The slurry was too stiff to be coated.
lab-physics-jam = Agglomerates jammed under the blade and left streaks.
lab-physics-crack = The film cracked while drying.
