"""A simulator of PayPay's Open Payment API (dynamic QR code, instant payment) with a checkout page."""
