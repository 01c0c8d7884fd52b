#!/usr/bin/env Rscript
# Makes the log-likelihoods of test/unit/forecast/highest_hill_test.cpp: the highest that R (stats, forecast 8.20)
# reaches from many starts on series with several hills. Usage: Rscript test/reference/highest_hill.R
suppressMessages(suppressWarnings(library(forecast)))
series <- function(seed) {
    x <- seed
    u <- function() { x <<- (x * 16807) %% 2147483647; x / 2147483647 - 0.5 }
    u(); u()
    level <- 100; trend <- 0.8
    sapply(1:40, function(t) {
        e <- 12 * u()
        trend <<- 0.9 * trend + 0.05 * e
        level <<- level + trend + 0.5 * e
        floor((level + e) * 10 + 0.5) / 10
    })
}
set.seed(1)
damped <- function(y, error) {
    minus <- function(q) {
        alpha <- 1e-4 + 0.9998 * q[1]
        forecast:::pegelsresid.C(y, 1, c(q[4], q[5]), error, "A", "N", TRUE, alpha, 1e-4 + q[2] * (alpha - 1e-4), NULL,
                                 0.8 + 0.18 * q[3], 3L)$lik / 2
    }
    max(sapply(1:60, function(i) -nlminb(c(runif(3), y[1], runif(1, -2, 2)), minus, lower = c(0, 0, 0, -Inf, -Inf),
                                         upper = c(1, 1, 1, Inf, Inf), control = list(rel.tol = 1e-13))$objective))
}
# Random stationary and invertible starts: roots by modulus and angle, one factor for a pair.
pair <- function() { r <- runif(1, 0.2, 0.99); a <- runif(1, 0, pi); c(2 * r * cos(a), -r^2) }
hills <- function(y, order, seasonal, mean) {
    max(sapply(1:60, function(i) tryCatch({
        init <- c(pair(), -pair(), if (seasonal) runif(1, -0.95, 0.5), if (mean) mean(y))
        suppressWarnings(arima(y, order, list(order = c(0, 0, seasonal), period = 4), include.mean = mean, init = init,
                               method = "ML", optim.control = list(reltol = 1e-13, maxit = 1000))$loglik)
    }, error = function(e) -Inf)))
}
cat(sprintf("ETS(M,Ad,N), seed 55: %.4f\n", damped(series(55), "M")))
cat(sprintf("ETS(A,Ad,N), seed 53: %.4f\n", damped(series(53), "A")))
cat(sprintf("ARIMA(2,0,2) with mean, seed 27: %.4f\n", hills(series(27), c(2, 0, 2), 0, TRUE)))
cat(sprintf("ARIMA(2,1,2)(0,1,1)[4], seed 5: %.4f\n", hills(diff(diff(series(5), 4)), c(2, 0, 2), 1, FALSE)))
