"""What the wallet simulators (PayPay, LINE Pay) share: store, checkout page, headless control, faults."""
