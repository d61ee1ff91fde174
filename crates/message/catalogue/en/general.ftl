# Where something is wrong: every error about a file begins with one of these.
place-file = { $file }: { $what }
place-file-line = { $file }, line { $line }: { $what }
place-file-cell = { $file }, cell { $cell }: { $what }
