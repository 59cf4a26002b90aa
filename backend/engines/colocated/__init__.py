"""The engine `colocated`, after Talking Together: both people in one room, denoised together."""
