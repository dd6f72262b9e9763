"""The PHP module: its own tests under PHPUnit, and the same vectors in PHP, JavaScript and Python."""
