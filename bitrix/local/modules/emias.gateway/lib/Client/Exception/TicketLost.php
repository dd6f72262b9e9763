<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The ticket of a login is spent, revoked, too old, or another session's. */
final class TicketLost extends Refused
{
}
