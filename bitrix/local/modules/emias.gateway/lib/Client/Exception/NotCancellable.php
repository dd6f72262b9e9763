<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The booking cannot be cancelled on the site. */
final class NotCancellable extends Refused
{
}
