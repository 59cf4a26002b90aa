"""The place of a conversation from above, as a small picture below the sentence."""
