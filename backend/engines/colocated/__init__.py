"""The engine `colocated`, after Talking Together: both people in one room, denoised together.

`model` is the network, `engine` the whole way from sound to motion; `diffusion` and `sampler` make streams (`stream`),
`decoder` makes people of them, `checkpoint` is the file.
"""
