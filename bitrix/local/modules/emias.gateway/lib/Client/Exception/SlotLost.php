<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The time went to somebody else; `alternatives` are free. */
final class SlotLost extends Refused
{
}
