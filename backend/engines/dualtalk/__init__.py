"""The engine `dualtalk`: DualTalk's shape, small, with events that are sampled.

`model` is the network, `engine` the whole way from sound to motion; `rollout` runs it over a dialogue, `events`,
`head_and_eyes` and `upper_face` draw what it predicts, `motion_numbers` counts a frame, `checkpoint` is the file.
"""
