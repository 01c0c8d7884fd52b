// Where the database of a connection string runs: it decides how many io threads there are.
#include "api/database/place.hpp"

#include <cstdlib>

using fin::api::on_this_machine;

namespace {

// PGHOST as the test wants it, as before afterwards.
class Place : public testing::Test {
protected:
    void SetUp() override {
        if (const char* given = std::getenv("PGHOST")) before_ = given;
        unsetenv("PGHOST");
    }
    void TearDown() override {
        if (before_.empty())
            unsetenv("PGHOST");
        else
            setenv("PGHOST", before_.c_str(), 1);
    }

private:
    std::string before_;
};

TEST_F(Place, SocketsAndLoopbackAreThisMachine) {
    for (const char* local :
         {"", "dbname=fin", "host=/run/postgresql", "host=localhost", "postgresql:///fin", "host=127.0.0.1",
          "postgresql://user:secret@[::1]:5433/fin", "host=/tmp,localhost", "host=far hostaddr=127.0.0.5"})
        EXPECT_TRUE(on_this_machine(local)) << local;
}

TEST_F(Place, OtherHostsAreNot) {
    for (const char* far :
         {"host=db.example.com", "postgresql://10.0.0.7/fin", "host=localhost,db", "host=localhost hostaddr=10.0.0.7",
          "hostaddr=10.0.0.7 host=localhost", "this is no connection string"})
        EXPECT_FALSE(on_this_machine(far)) << far;
}

TEST_F(Place, TheEnvironmentNamesTheHostWhereTheStringDoesNot) {
    setenv("PGHOST", "db.example.com", 1);
    EXPECT_FALSE(on_this_machine("dbname=fin"));
    EXPECT_TRUE(on_this_machine("host=localhost"));
}

}  // namespace
