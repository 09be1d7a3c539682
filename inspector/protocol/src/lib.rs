//! Types of the `EventLoop` protocol domain.
