"""How the gateway holds back toward EMIAS: breaker, retries, switches, on real engines and two houses."""
