"""The command that trains DualTalk, with small sizes."""

from lab.__main__ import main as lab_main


def train(given):
    return lab_main(["train", "dualtalk", *given])


def words(data, run, tiny, *more):
    fixed = ("--data", data, "--run", run, "--sizes", tiny, "--device", "cpu", "--window", 30, "--batch", 2)
    return [str(word) for word in (*fixed, "--epochs", 2, *more)]
