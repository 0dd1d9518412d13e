"""Sheets: one way in and out for tables.

A room declares a row type and its columns once (`Table`) and registers it in its `sheets.py`. From that come the
sheet of the workbook, the empty template, the preview with findings at their cells, import and export, editing in
place, the snapshot of a version and the difference between two.

Two laws hold and are tested with generated workbooks: import then export gives the same cells, export then import
gives the same dossier. Both follow from one: a cell is written as it was given while that still means its value.
"""
