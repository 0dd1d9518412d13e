"""The day itself: run sheet, set-up, safety on site, pictures."""
