# One psql session that makes many calls: a call can be left at work while the test looks at the server or cancels it,
# and each call after that shows that the session works on.
package FinSession;
use strict;
use warnings;
use IPC::Run;

# FinSession->new(node): a session with its database postgres.
sub new {
    my ($class, $node) = @_;
    my $self = bless {in => '', out => '', err => ''}, $class;
    $self->{psql} = IPC::Run::start(
        ['psql', '-XAtq', '-d', $node->connstr('postgres'), '-v', 'VERBOSITY=verbose', '-f', '-'],
        '<', \$self->{in}, '>', \$self->{out}, '2>', \$self->{err}, IPC::Run::timeout(300));
    return $self;
}

# Sends a statement and does not wait for it.
sub call {
    my ($self, $statement) = @_;
    ($self->{out}, $self->{err}) = ('', '');
    $self->{in} .= "$statement;\n\\echo over\n";
    $self->{psql}->pump_nb;
    return;
}

# Waits for the end of the call and returns its rows.
sub answer {
    my ($self) = @_;
    $self->{psql}->pump until $self->{out} =~ s/^over\n//m;
    return $self->{out};
}

sub ask {
    my ($self, $statement) = @_;
    $self->call($statement);
    return $self->answer;
}

sub error { return $_[0]{err}; }

sub leave {
    my ($self) = @_;
    $self->{in} .= "\\q\n";
    return $self->finish;
}

# For a session that the server ends.
sub finish { return $_[0]{psql}->finish; }

1;
