"""What an artist's sliders make of a take: arithmetic on its arrays, without a model."""
