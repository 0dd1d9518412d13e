"""Who sits where: tables, rows, and who sits beside whom."""
