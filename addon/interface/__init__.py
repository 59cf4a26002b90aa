"""What the artist sees and presses: panels and operators."""
