"""Find, download and verify MNIST."""
