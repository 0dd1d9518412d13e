"""What an activity says and does: alternatives, phases and their content, drafts and proofs, channels, offers and prizes."""
