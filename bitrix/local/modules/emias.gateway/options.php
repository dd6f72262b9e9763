<?php

use Bitrix\Main\Application;
use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Loader;
use Bitrix\Main\Localization\Loc;
use Emias\Gateway\Admin\Health;
use Emias\Gateway\Admin\SettingsForm;

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

/** @global CMain $APPLICATION */
global $APPLICATION;
$moduleId = 'emias.gateway';
Loc::loadMessages(__FILE__);
if ($APPLICATION->GetGroupRight($moduleId) < 'W') {
    $APPLICATION->AuthForm(Loc::getMessage('EMIAS_GATEWAY_DENIED'));
}
Loader::requireModule($moduleId);

$request = Application::getInstance()->getContext()->getRequest();
$form = new SettingsForm(ServiceLocator::getInstance()->get('emias.gateway.settings'));
if ($request->isPost() && check_bitrix_sessid()) {
    $wrong = $form->save($request->getPostList()->toArray());
    CAdminMessage::ShowMessage($wrong === []
        ? ['TYPE' => 'OK', 'MESSAGE' => Loc::getMessage('EMIAS_GATEWAY_SAVED')]
        : ['TYPE' => 'ERROR', 'MESSAGE' => implode("\n", $wrong)]);
}

$tabs = new CAdminTabControl('emias_gateway_settings', [
    ['DIV' => 'settings', 'TAB' => Loc::getMessage('EMIAS_GATEWAY_TAB_SETTINGS'), 'TITLE' => Loc::getMessage('EMIAS_GATEWAY_TAB_SETTINGS')],
    ['DIV' => 'health', 'TAB' => Loc::getMessage('EMIAS_GATEWAY_TAB_HEALTH'), 'TITLE' => Loc::getMessage('EMIAS_GATEWAY_TAB_HEALTH')],
]);
$action = $APPLICATION->GetCurPage() . '?mid=' . urlencode($moduleId) . '&lang=' . urlencode(LANGUAGE_ID);
$tabs->Begin();
?>
<form method="post" action="<?= htmlspecialcharsbx($action) ?>">
    <?= bitrix_sessid_post() ?>
    <?php $tabs->BeginNextTab() ?>
    <?= implode("\n", $form->rows()) ?>
    <?php $tabs->BeginNextTab() ?>
    <?php foreach ((new Health(ServiceLocator::getInstance()->get('emias.gateway.client')))->lines() as $name => $value) : ?>
        <tr>
            <td width="40%"><?= htmlspecialcharsbx(Loc::getMessage('EMIAS_GATEWAY_HEALTH_' . $name)) ?></td>
            <td><?= htmlspecialcharsbx($value) ?></td>
        </tr>
    <?php endforeach ?>
    <?php $tabs->Buttons() ?>
    <input type="submit" class="adm-btn-save" value="<?= htmlspecialcharsbx(Loc::getMessage('EMIAS_GATEWAY_SAVE')) ?>">
</form>
<?php $tabs->End() ?>
