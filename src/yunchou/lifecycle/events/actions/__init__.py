"""Everything that changes a guest list, a reply, a session or the words of an invitation."""
