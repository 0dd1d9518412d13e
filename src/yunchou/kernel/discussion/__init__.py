"""Talk about a subject or one row of its tables: comments, announcements, decisions."""
