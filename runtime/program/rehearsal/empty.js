// Runs while Rondo is built: what a program needs that does nothing is compiled in the snapshot.
