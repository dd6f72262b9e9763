<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Bitrix\Main\ORM\Data\DataManager;

final class UserTable extends DataManager
{
}
