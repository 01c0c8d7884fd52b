# R's likelihood at our coefficients beside the likelihood we state: a higher one of ours is no matter of another
# formula. Usage: Rscript agreement_check.R folder   (series.csv of agreement.R and ours.csv of agreement.cpp)
suppressMessages(suppressWarnings(library(forecast)))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "agreement_likelihood.R"))
folder <- commandArgs(trailingOnly = TRUE)[1]
numbers <- function(list) as.numeric(strsplit(list, ";")[[1]])
series <- read.csv(file.path(folder, "series.csv"), stringsAsFactors = FALSE)
ours <- read.csv(file.path(folder, "ours.csv"), stringsAsFactors = FALSE)

ets_at <- function(y, m, form, p) {
    get <- function(name) if (name %in% names(p)) p[[name]] else NULL
    states <- c(p[["level0"]], if (form[2] != "N") p[["trend0"]], rev(p[grep("^season", names(p))]))
    -forecast:::pegelsresid.C(y, if (form[3] == "N") 1 else m, states, form[1], substr(form[2], 1, 1), form[3],
                              form[2] == "Ad", get("alpha"), get("beta"), get("gamma"), get("phi"), 3L)$lik / 2
}
differences <- list(arima = numeric(0), ets = numeric(0))
for (i in seq_len(nrow(ours))) {
    word <- strsplit(ours$model[i], " ")[[1]]
    if (word[1] == "theta") next  # compared on R's own adjusted series already
    one <- series[series$id == ours$id[i], ]
    y <- numbers(one$values)
    p <- setNames(numbers(ours$parameters[i]), strsplit(ours$names[i], ";")[[1]])
    theirs <- if (word[1] == "arima") arima_loglik(y, one$period, as.numeric(word[-1]), p) else
        ets_at(y, one$period, word[-1], p)
    differences[[word[1]]] <- c(differences[[word[1]]], abs(theirs - ours$loglik[i]))
}
cat("\nOur log-likelihood beside R's at our coefficients\n")
for (family in names(differences)) {
    d <- differences[[family]]
    if (length(d) > 0) cat(sprintf("%-6s %5d fits, median difference %.1e, largest %.1e, %d above 0.01\n",
                                   family, length(d), median(d), max(d), sum(d > 0.01)))
}
