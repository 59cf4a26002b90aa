"""Sentences about two people, as people write them, with what each of them stages."""
