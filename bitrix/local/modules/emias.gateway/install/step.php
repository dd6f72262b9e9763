<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;

Loc::loadMessages(__DIR__ . '/index.php');
global $APPLICATION;
$exception = $APPLICATION->GetException();
CAdminMessage::ShowMessage($exception
    ? ['TYPE' => 'ERROR', 'MESSAGE' => Loc::getMessage('EMIAS_GATEWAY_INSTALL_STOPPED'), 'DETAILS' => $exception->GetString(), 'HTML' => true]
    : ['TYPE' => 'OK', 'MESSAGE' => Loc::getMessage('EMIAS_GATEWAY_INSTALLED')]);
?>
<form action="<?= htmlspecialcharsbx($APPLICATION->GetCurPage()) ?>">
    <input type="hidden" name="lang" value="<?= htmlspecialcharsbx(LANGUAGE_ID) ?>">
    <input type="submit" value="<?= htmlspecialcharsbx(Loc::getMessage('EMIAS_GATEWAY_BACK')) ?>">
    <?php if (!$exception) : ?>
        <a href="/bitrix/admin/settings.php?mid=emias.gateway&amp;lang=<?= htmlspecialcharsbx(LANGUAGE_ID) ?>"><?= htmlspecialcharsbx(Loc::getMessage('EMIAS_GATEWAY_TO_SETTINGS')) ?></a>
    <?php endif ?>
</form>
