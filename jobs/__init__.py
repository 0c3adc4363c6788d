"""What is run: the engines that carry a run out, the nightly job and the command line."""
