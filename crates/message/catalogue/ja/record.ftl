# Text of matdock-record.
record-bad-id = 「{ $text }」は ID ではありません。ID は 0192f0c1-7c3e-7abc-8def-0123456789ab の形です。`matdock export --what samples` で一覧できます。
record-bad-hash = 「{ $text }」はファイルのハッシュ(16 進 64 桁)ではありません。
record-bad-time = 「{ $text }」は時刻ではありません。2026-05-31T14:05:00Z のように書いてください。
record-bad-number = 「{ $text }」は数値ではありません。3.2 のような数値、<1e-10 のような限界値、3.2 ± 0.1 のような不確かさ付きの値を書くか、値がないときは空欄にしてください。
record-unit-mismatch = 「{ $from }」の値は「{ $to }」に換算できません。単位の次元が違います。
record-unit-spelling = 「{ $text }」は UCUM の単位コードではありません。「{ $ucum }」と書いてください。
record-unit-unknown = 「{ $text }」は UCUM の単位コードではありません。例: Cel, K, Pa, nm, S/cm, Ohm.cm2, mol/L, %。無次元は 1。
