"""The engine `colocated`, after Talking Together: both people in one room, denoised together.

`engine` is the whole way from sound to motion and the weights' file, `model` the network and `conditioning` the part of
it that joins the conditions; `diffusion` and `sampler` make streams (`stream`), `decoder` makes people of them.
"""
