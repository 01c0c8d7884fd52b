# What the server tests share: the settings PostgreSQL::Test::Cluster expects, and a private copy of the installation.
package FinTest;
use strict;
use warnings;
use Exporter 'import';
use File::Basename qw(basename);
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
our @EXPORT = qw(private_installation lines_of slurp spew);

sub config {
    my $value = `pg_config --$_[0]`;
    chomp $value;
    return $value;
}

BEGIN {
    # Read when PostgreSQL::Test::Utils is loaded: use FinTest comes first.
    my $library = config('pkglibdir');
    $ENV{PG_REGRESS} //= "$library/pgxs/src/test/regress/pg_regress";
    $ENV{TESTDIR} //= tempdir('fin_test_XXXXXX', TMPDIR => 1, CLEANUP => 1);
    $ENV{TESTDATADIR} //= "$ENV{TESTDIR}/data";
    $ENV{TESTLOGDIR} //= "$ENV{TESTDIR}/log";
    unshift @INC, "$library/pgxs/src/test/perl";
}

# A copy of the server programs whose extension folder can be written to, for tests that need other versions of the
# extension. PostgreSQL finds its folders relative to its real path, so programs are copied and the rest is linked.
# Returns the folder of extensions; the programs come first in PATH from then on.
sub private_installation {
    my ($bin, $share, $library) = (config('bindir'), config('sharedir'), config('pkglibdir'));
    my ($prefix) = $bin =~ m{^(.*)/usr/} or die "unexpected folder of programs: $bin";
    my $root = "$ENV{TESTDIR}/installation";
    my ($new_bin, $new_share, $new_library) = map { $root . substr($_, length $prefix) } $bin, $share, $library;
    make_path($new_bin, "$new_share/extension");
    for my $program (glob "$bin/*") {
        copy($program, "$new_bin/" . basename($program)) or die "$program: $!";
        chmod 0755, "$new_bin/" . basename($program);
    }
    symlink $library, $new_library or die "$new_library: $!";
    for my $entry (glob("$share/*"), glob("$share/extension/*")) {
        next if $entry eq "$share/extension";
        symlink $entry, $new_share . substr($entry, length $share) or die "$entry: $!";
    }
    $ENV{PATH} = "$new_bin:$ENV{PATH}";
    return "$new_share/extension";
}

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!";
    local $/;
    return scalar <$file>;
}

sub spew {
    my ($path, $text) = @_;
    unlink $path;  # a link to the real file must not be written through
    open my $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
    return;
}

sub lines_of { return split /\n/, $_[0]; }

1;
