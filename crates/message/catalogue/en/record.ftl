# Text of matdock-record.
record-bad-id = "{ $text }" is no id. Ids look like 0192f0c1-7c3e-7abc-8def-0123456789ab; `matdock export --what samples` lists them.
record-bad-hash = "{ $text }" is no file hash (64 hexadecimal digits).
record-bad-time = "{ $text }" is no time. Write it like 2026-05-31T14:05:00Z.
record-bad-number = "{ $text }" is no number. Write a number such as 3.2, a limit such as <1e-10, or a value with uncertainty such as 3.2 ± 0.1; leave the cell empty where there is no value.
record-unit-mismatch = a value in "{ $from }" cannot be given in "{ $to }": the units measure different things.
record-unit-spelling = "{ $text }" is not a UCUM unit code; write "{ $ucum }".
record-unit-unknown = "{ $text }" is not a UCUM unit code. Examples: Cel, K, Pa, nm, S/cm, Ohm.cm2, mol/L, %, and 1 for plain numbers.
