"""The engine `dualtalk`: DualTalk's shape, small, with events that are sampled.

`engine` is the whole way from sound to motion and the weights' file, `model` the network; `rollout` runs it over a
dialogue, `events`, `head_and_eyes` and `upper_face` draw what it predicts, `motion_numbers` are those of a frame.
"""
