# The Gaussian likelihood of an ARIMA model at given coefficients by definition: autocovariances of the differenced
# series, Cholesky, sigma2 at its best. R's own filter is no judge here: it gives unit roots a finite prior, and leaves
# out every value whose variance is above 1e4 sigma2, so that its likelihood jumps where a root comes near 1.
# coefficients: named ar1.., ma1.., sar1.., sma1.., and mean, intercept or drift.
arima_loglik <- function(y, m, order, coefficients) {
    w <- as.numeric(y)
    if (order[5] > 0) w <- diff(w, m, order[5])
    if (order[2] > 0) w <- diff(w, 1, order[2])
    n <- length(w)
    named <- function(pattern) unname(coefficients[grepl(pattern, names(coefficients))])
    spread <- function(one, apart) if (length(one) == 0) 1 else
        c(1, as.numeric(rbind(matrix(0, apart - 1, length(one)), one)))
    times <- function(a, b) { r <- numeric(length(a) + length(b) - 1)
        for (i in seq_along(a)) { at <- i - 1 + seq_along(b); r[at] <- r[at] + a[i] * b }
        r }
    phi <- -times(spread(-named("^ar"), 1), spread(-named("^sar"), m))[-1]
    theta <- times(spread(named("^ma[0-9]"), 1), spread(named("^sma"), m))[-1]
    constant <- coefficients[names(coefficients) %in% c("mean", "intercept", "drift")]
    if (length(constant) == 1) w <- w - constant * (if (names(constant) == "drift") m^order[5] else 1)
    rho <- as.numeric(ARMAacf(ar = phi, ma = theta, lag.max = max(n - 1, length(phi))))
    psi <- if (length(theta)) c(1, ARMAtoMA(phi, theta, length(theta))) else 1
    variance <- sum(c(1, theta) * psi) / (1 - sum(phi * rho[1 + seq_along(phi)]))
    root <- chol(toeplitz(rho[1:n]) * variance)
    shocks <- backsolve(root, w, transpose = TRUE)
    -n / 2 * (log(2 * pi * mean(shocks^2)) + 1) - sum(log(diag(root)))
}
