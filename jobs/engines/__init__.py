"""Where a run's batches are worked on: the threads of this machine, or Spark."""
