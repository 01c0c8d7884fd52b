# pg_dump and pg_restore carry everything: data, what users added, rights. Also into a cluster without the roles.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use FinTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('origin');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE ledger');
$node->safe_psql('ledger', <<'SQL');
CREATE EXTENSION pg_fin;
SELECT fin_setup();
CREATE ROLE alice LOGIN; GRANT fin_user TO alice;
CREATE ROLE mallory LOGIN; GRANT fin_user TO mallory;
ALTER TABLE fin.reports ADD COLUMN department text DEFAULT 'sales';
CREATE INDEX their_own ON fin.transactions (booked_on);
CREATE TABLE public.notes (report_id uuid REFERENCES fin.reports ON DELETE CASCADE, note text);
CREATE VIEW public.totals AS SELECT report_id, sum(amount) FROM fin.transactions GROUP BY 1;
SET SESSION AUTHORIZATION alice;
SELECT fin.file_put('big.csv', 'text/csv', convert_to(repeat('0123456789', 250000), 'UTF8'));
INSERT INTO fin.reports(workspace_id, source, filename, file_id) SELECT workspace_id, 'import', filename, id FROM fin.files;
INSERT INTO fin.transactions(workspace_id, report_id, row_no, booked_on, amount, category)
    SELECT workspace_id, id, i, date '2024-01-01' + i, i, 'Sales' FROM fin.reports, generate_series(1, 1000) i;
UPDATE fin.reports SET status = 'completed', content_hash = 'hash', rows = 1000;
INSERT INTO fin.analyses(workspace_id, report_id, input_hash, document, document_hash, engine) SELECT workspace_id, id, 'i', '{"a": 1}', 'd', '1' FROM fin.reports;
SELECT fin_set_kind('Sales', 'revenue');
RESET SESSION AUTHORIZATION;
INSERT INTO public.notes SELECT id, 'remember' FROM fin.reports;
SQL

# All that must come back the same, whoever owns it.
my $content = <<'SQL';
SELECT (SELECT string_agg(t::text, ',' ORDER BY row_no) FROM fin.transactions t), (SELECT string_agg(r::text, ',') FROM fin.reports r),
    (SELECT string_agg(a::text, ',') FROM fin.analyses a), (SELECT string_agg(k::text, ',') FROM fin.category_kinds k),
    (SELECT string_agg(l::text, ',' ORDER BY id) FROM fin.audit_log l), (SELECT string_agg(md5(fin.file_get(id)), ',') FROM fin.files),
    (SELECT string_agg(m::text, ',') FROM fin.migrations m), (SELECT string_agg(n::text, ',') FROM notes n), (SELECT string_agg(t::text, ',') FROM totals t)
SQL
my $structure = <<'SQL';
SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
    SELECT concat_ws(' ', polrelid::regclass, polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), obj_description(oid, 'pg_policy')) AS line FROM pg_policy
    UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'fin'::regnamespace)
    UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'fin'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', oid::regclass, relrowsecurity, reloptions, obj_description(oid, 'pg_class')) FROM pg_class WHERE relnamespace IN ('fin'::regnamespace, 'api'::regnamespace) AND relkind IN ('r', 'v')
    UNION ALL SELECT md5(pg_get_functiondef(oid)) || oid::regprocedure FROM pg_proc WHERE pronamespace = 'fin'::regnamespace) facts
SQL
# Who may do what: compared after fin_setup().
my $rights = <<'SQL';
SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
    SELECT concat_ws(' ', oid::regprocedure, proowner::regrole, a.grantee::regrole, a.privilege_type) AS line FROM pg_proc, aclexplode(proacl) a WHERE pronamespace = 'fin'::regnamespace
    UNION ALL SELECT concat_ws(' ', oid::regclass, a.grantee::regrole, a.privilege_type) FROM pg_class, aclexplode(relacl) a WHERE relnamespace IN ('fin'::regnamespace, 'api'::regnamespace) AND a.grantee::regrole::text LIKE 'fin%'
    UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, a.grantee::regrole, a.privilege_type) FROM pg_attribute, aclexplode(attacl) a WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'fin'::regnamespace)
    UNION ALL SELECT concat_ws(' ', nspname, a.grantee::regrole, a.privilege_type) FROM pg_namespace, aclexplode(nspacl) a WHERE nspname IN ('fin', 'api')) facts
SQL
my %expected = map { $_->[0] => $node->safe_psql('ledger', $_->[1]) } ['content', $content], ['structure', $structure], ['rights', $rights];
like($expected{content}, qr/remember/, 'there is something to lose');

my $dump = "$ENV{TESTDIR}/ledger.dump";
$node->command_ok(['pg_dump', '-Fc', '-f', $dump, $node->connstr('ledger')], 'pg_dump -Fc');

sub as { return "SET SESSION AUTHORIZATION $_[0]; $_[1]"; }

# The restored database works: reads and writes go by the rights of who asks.
sub works {
    my ($where, $database, $name) = @_;
    is($where->safe_psql($database, $content), $expected{content}, "$name: every row is there");
    is($where->safe_psql($database, $structure), $expected{structure}, "$name: so are policies, triggers, keys, comments, users' own column and index");
    is($where->safe_psql($database, $rights), $expected{rights}, "$name: and owners and grants");
    is($where->safe_psql($database, as('alice', 'SELECT count(*) FROM fin.transactions')), '1000', "$name: alice sees her ledger");
    is($where->safe_psql($database, as('mallory', 'SELECT count(*) FROM fin.transactions')), '0', "$name: mallory does not");
    is($where->safe_psql($database, as('alice', "INSERT INTO fin.reports(workspace_id, source) VALUES (fin.writable_workspace(), 'import') RETURNING department")),
        'sales', "$name: alice imports again");
    is($where->safe_psql($database, "SELECT action, db_role FROM fin.audit_log ORDER BY id DESC LIMIT 1"), 'import|alice', "$name: which is audited");
    return;
}

for my $way (['one transaction', '-1'], ['two jobs', '-j2']) {
    my ($name, @options) = @$way;
    (my $database = $name) =~ tr/ /_/;
    $node->safe_psql('postgres', "CREATE DATABASE $database");
    $node->command_ok(['pg_restore', @options, '-d', $node->connstr($database), $dump], "$name: pg_restore @options");
    like($node->safe_psql($database, 'SELECT fin_setup()'), qr/^nothing to do/, "$name: nothing is missing");
    works($node, $database, $name);
}

# A cluster that never saw the roles.
for my $way (['without roles'], ['without roles, -x -O', '-x', '-O', '-1']) {
    my ($name, @options) = @$way;
    my $other = PostgreSQL::Test::Cluster->new(@options ? 'bare' : 'other');
    $other->init;
    $other->start;
    $other->safe_psql('postgres', 'CREATE DATABASE ledger');
    my ($out, $err) = ('', '');
    my $done = IPC::Run::run(['pg_restore', @options, '-d', $other->connstr('ledger'), $dump], '>', \$out, '2>', \$err);
    if (@options) {
        ok($done, "$name: pg_restore") or diag $err;
    } else {
        my @errors = grep { /error:/ && !/while PROCESSING|errors ignored/ } lines_of($err);
        cmp_ok(scalar @errors, '>', 0, "$name: pg_restore complains");
        is_deeply([grep { !/role "\w+" does not exist/ } @errors], [], "$name: about roles only");
    }
    my @repaired = lines_of($other->safe_psql('ledger', 'SELECT fin_setup()'));
    ok((grep { $_ eq 'role fin_definer' } @repaired), "$name: fin_setup() makes the roles");
    ok((grep { /^fin_definer owns \d+ definer functions$/ } @repaired), "$name: hands over the definer functions");
    ok((grep { $_ eq 'grants' } @repaired), "$name: grants");
    like($other->safe_psql('ledger', 'SELECT fin_setup()'), qr/^nothing to do/, "$name: and is done");
    $other->safe_psql('ledger', 'CREATE ROLE alice; CREATE ROLE mallory; GRANT fin_user TO alice, mallory');
    works($other, 'ledger', $name);
    $other->stop;
}

$node->stop;
done_testing();
