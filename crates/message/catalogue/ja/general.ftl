# Where something is wrong: every error about a file begins with one of these.
place-file = { $file }: { $what }
place-file-line = { $file }、{ $line } 行目: { $what }
place-file-cell = { $file }、セル { $cell }: { $what }
