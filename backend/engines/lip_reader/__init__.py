"""The lip reader: sound to the mouth.

`model` is the network, `listening` the windows it goes over a dialogue in, `checkpoint` the file.
"""
