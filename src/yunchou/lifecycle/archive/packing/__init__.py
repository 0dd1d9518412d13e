"""The sealed package: how it is laid out (`bundle`), what goes in (`contents`, `summary`), and its proof (`proof`)."""
