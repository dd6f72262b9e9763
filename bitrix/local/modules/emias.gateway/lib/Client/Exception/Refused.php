<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

/** The gateway said no; the leaf tells what can be done. */
abstract class Refused extends GatewayException
{
}
