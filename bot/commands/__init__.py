"""The commands of `chuishao`, one module each."""
