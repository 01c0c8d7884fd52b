// Transactions of a worker: as fin_worker for the queue, as a job's role and identity for its handler, never as a
// superuser.
#pragma once
#include <functional>

#include "handler.hpp"
#include "spi.hpp"

namespace fin::workers {

// What happened to a transaction, after it is rolled back: SQLSTATE, message and detail outlive PostgreSQL's memory.
using Work = std::function<void(pg::Session&)>;

// In a new worker, once: from here on the session is fin_worker's. False: this database is not set up for workers.
bool become_worker();

// One transaction as fin_worker. Throws SqlError.
void as_worker(const Work& work);

// One transaction as the role and identity of a job, security-restricted, ended by the server after `seconds`.
void as_job(const Job& job, double seconds, const Work& work);

// The schema of extension pg_fin, quoted; empty where it is not there (any more). Inside a transaction.
std::string extension_schema();

}  // namespace fin::workers
