# ALTER EXTENSION UPDATE then fin_setup() migrates; DROP EXTENSION leaves the ledgers; CREATE EXTENSION finds them again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $extensions = private_installation();
my $current = '1.0.0';
my $script = slurp("$extensions/pg_fin--$current.sql");

# An older version made from today's script: the functions of the setup, all migrations but the last two, and the rights
# on what those leave out left out too, as an older script would not have named them.
my ($guard) = $script =~ /^(.*?\\quit\n)/s or die 'no guard';
my ($migrations) = $script =~ /^(CREATE FUNCTION fin_migrations.*?\n\$fin_migrations\$;\n)/ms or die 'no migrations';
my ($setup) = $script =~ /^-- setup\.sql\n(.*?)^-- rights\.sql\n/ms or die 'no setup';
my ($rights) = $script =~ /^-- rights\.sql\n(.*?)(?:^-- [a-z_]+\.sql\n|\z)/ms or die 'no rights';
my @names = $migrations =~ /^\(\d+, '(\w+)'/mg;
my $count = @names;
my $known = $count - 2;
my $last = sprintf '%03d', $known;
my ($first) = $migrations =~ /^(.*?\$pg_fin_migration_$last\$\))/s or die 'no older migrations';
$rights =~ s/^( *)GRANT (?!%)(.*?) ON (.*?) TO (.*?);\n/older_grants($1, $2, $3, $4)/gmse or die 'no grants';
$rights =~ s/WHERE NOT EXISTS \(SELECT FROM pg_policy/WHERE to_regclass('fin.' || f.relation) IS NOT NULL AND NOT EXISTS (SELECT FROM pg_policy/ or die 'no policies';
# Nor did it know policies that ask functions of the migrations left out.
my %made = map { $_ => 1 } substr($migrations, length $first) =~ /^CREATE FUNCTION fin\.(\w+)/mg;
$rights =~ s/^(    \('\w+', '\w+', .*\n)/my $line = $1; (grep { $made{$_} } $line =~ m{fin\.(\w+)\(}g) ? '' : $line/gme;
spew("$extensions/pg_fin--0.9.0.sql", "$guard$first\n\$fin_migrations\$;\n$setup$rights");

# One GRANT for each object; what is not there yet is passed over.
sub older_grants {
    my ($indent, $privileges, $objects, $roles) = @_;
    my ($word, $list) = $objects =~ /^(SCHEMA |FUNCTION |ALL TABLES IN SCHEMA )?(.*)$/s;
    return join '', map { "${indent}BEGIN GRANT $privileges ON " . ($word // '') . "$_ TO $roles; EXCEPTION WHEN undefined_table OR undefined_function OR undefined_object OR undefined_column OR invalid_schema_name THEN NULL; END;\n" }
        split /,\s*(?![^(]*\))/, $list;
}
my $gone = 'DROP FUNCTION fin_setup(), fin_require_setup(), fin_setup_rights(), fin_policies(), fin_migrations();';
spew("$extensions/pg_fin--0.9.0--$current.sql", "$guard$gone\n" . substr($script, length $guard));

# A newer one with one more migration.
my $next = $count + 1;
(my $more = $migrations) =~ s/\n\$fin_migrations\$;\n\z/,\n($next, 'test', \$test\$ALTER TABLE fin.reports ADD COLUMN tomorrow text DEFAULT 'new';\$test\$)\n\$fin_migrations\$;\n/
    or die 'cannot add a migration';
$more =~ s/^CREATE FUNCTION/CREATE OR REPLACE FUNCTION/;
spew("$extensions/pg_fin--$current--9.9.9.sql", "$guard$more");

my $node = PostgreSQL::Test::Cluster->new('update');
$node->init;
$node->start;
my $run = sub { return $node->safe_psql('postgres', $_[0]); };
my $versions = "SELECT string_agg(version || ' ' || name, ',' ORDER BY version) FROM fin.migrations";
my $ledger = 'SELECT string_agg(t::text, \',\' ORDER BY row_no) FROM fin.transactions t';

$run->("CREATE EXTENSION pg_fin VERSION '0.9.0'");
$run->('SELECT fin_setup()');
is($run->($versions), join(',', map { "$_ $names[$_ - 1]" } 1 .. $known), 'the old version makes what it knows, several migrations in their order');
like($run->('SELECT fin_setup()'), qr/^nothing to do/, 'once');
# Without its columns of users, to compare it with a schema made at once.
$run->('CREATE DATABASE plain');
$node->safe_psql('plain', "CREATE EXTENSION pg_fin VERSION '0.9.0'");
$node->safe_psql('plain', 'SELECT fin_setup()');
my $shape = sub {
    my ($dump, $trouble);
    run_log(['pg_dump', '-s', '-n', 'fin', '-n', 'api', '-d', $node->connstr($_[0])], '>', \$dump, '2>', \$trouble) or die $trouble;
    $dump =~ s/^\\(un)?restrict .*\n//mg;
    return $dump;
};
my $older = $shape->('plain');
$run->(<<'SQL');
CREATE ROLE alice; GRANT fin_user TO alice;
ALTER TABLE fin.transactions ADD COLUMN project text DEFAULT 'theirs';
SET SESSION AUTHORIZATION alice;
SELECT fin.writable_workspace();
INSERT INTO fin.reports(workspace_id, source) SELECT workspace_id, 'import' FROM fin.memberships;
INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount) SELECT workspace_id, id, i, '2024-01-01', i FROM fin.reports, generate_series(1, 10) i;
SQL
my $before = $run->($ledger);
like($before, qr/theirs/, 'a ledger with a column that users added');

$run->("ALTER EXTENSION pg_fin UPDATE TO '$current'");
is($run->("SELECT extversion FROM pg_extension WHERE extname = 'pg_fin'"), $current, 'ALTER EXTENSION UPDATE');
my $news = $run->('SELECT fin_setup()');
like($news, qr/^migration @{[$known + 1]}: $names[$known]\nmigration $count: $names[-1]\n/, 'fin_setup() runs the missing migrations, in their order');
is($run->($versions), $run->("SELECT string_agg(version || ' ' || name, ',' ORDER BY version) FROM fin_migrations()"), 'and then knows them all');
$node->safe_psql('plain', "ALTER EXTENSION pg_fin UPDATE TO '$current'");
$node->safe_psql('plain', 'SELECT fin_setup()');
$run->('CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION pg_fin');
$node->safe_psql('fresh', 'SELECT fin_setup()');
isnt($older, $shape->('fresh'), 'the old schema was another one');
ok($shape->('plain') eq $shape->('fresh'), 'an updated schema is the same as one made at once, rights and policies too');
is($run->($ledger), $before, 'the ledger is as it was');

$run->("ALTER EXTENSION pg_fin UPDATE TO '9.9.9'");
is($run->("SELECT count(*) FROM pg_attribute WHERE attrelid = 'fin.reports'::regclass AND attname = 'tomorrow'"), '0', 'an update alone changes no table');
is($run->('SELECT fin_setup()'), "migration $next: test", 'the next migration runs, and only that');
is($run->('SELECT DISTINCT tomorrow FROM fin.reports'), 'new', 'on the rows that are there');
is($run->($ledger), $before, 'the ledger is as it was');
like($run->('SELECT fin_setup()'), qr/^nothing to do/, 'once');

# The members are functions and types, so the ledgers stay.
is($run->("SELECT count(*) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.deptype = 'e' AND e.extname = 'pg_fin' AND classid::regclass::text NOT IN ('pg_proc', 'pg_type', 'pg_class', 'pg_cast', 'pg_operator')"),
    '0', 'the extension holds functions and types');
is($run->("SELECT count(*) FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass JOIN pg_extension e ON e.oid = d.refobjid WHERE d.deptype = 'e' AND e.extname = 'pg_fin' AND c.relkind <> 'c'"),
    '0', 'and no table');
$run->('DROP EXTENSION pg_fin');
is($run->($ledger), $before, 'DROP EXTENSION leaves the ledger');
is($run->('SET SESSION AUTHORIZATION alice; SELECT count(*) FROM fin.transactions'), '10', 'and the rights on it');
$run->(q{SET SESSION AUTHORIZATION alice; SELECT fin.file_put('a', NULL, 'x')});
is($run->('SET SESSION AUTHORIZATION alice; SELECT fin.file_get(id) FROM fin.files'), '\x78', 'and what needs no extension works');

my ($status, undef, $error) = $node->psql('postgres', "CREATE EXTENSION pg_fin VERSION '$current'; SELECT fin_setup()", on_error_stop => 1);
isnt($status, 0, 'an older pg_fin does not touch a newer schema');
like($error, qr/schema fin is at version $next, this pg_fin knows only $count/, 'and says why');
$run->("ALTER EXTENSION pg_fin UPDATE TO '9.9.9'");
like($run->('SELECT fin_setup()'), qr/^nothing to do/, 'the right one finds everything in its place');
is($run->($ledger), $before, 'the ledger is as it was');
$run->('DROP EXTENSION pg_fin CASCADE');
is($run->($ledger), $before, 'CASCADE has nothing to cascade to');

$node->stop;
done_testing();
