"""Units, people and posts as a workbook: handed in, looked at, taken over; exported in the same form."""
