"""The Digital Agency's card service (デジタル認証アプリ), simulated: sign-in and signatures by a My Number card."""
